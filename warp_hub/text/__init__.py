"""Text from outside made fit to show, to print and to store."""

from warp_hub.text.addresses import defang, harmless, refang
from warp_hub.text.characters import for_database, one_line, safe_filename, shortened, visible
from warp_hub.text.cleaning import clean_html, is_safe_address
from warp_hub.text.plain import first_paragraph, plain, plain_of_html

__all__ = [
    "clean_html",
    "defang",
    "first_paragraph",
    "for_database",
    "harmless",
    "is_safe_address",
    "one_line",
    "plain",
    "plain_of_html",
    "refang",
    "safe_filename",
    "shortened",
    "visible",
]
