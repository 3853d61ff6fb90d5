"""The portal for any WSGI server: `gunicorn wsgi:application`."""

from warp_hub.config import load_settings
from warp_hub.factory import create_app

application = create_app(load_settings())
