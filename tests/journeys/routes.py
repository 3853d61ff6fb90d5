"""Print the rules of every route of the demonstration that can be read."""

import json

from warp_hub import config
from warp_hub.db.embedded import available
from warp_hub.factory import create_app


def main() -> None:
    """Print them as a list."""
    settings = config.load_settings(demo=True)
    with available(settings):
        rules = create_app(settings).url_map.iter_rules()
    print(json.dumps(sorted({rule.rule for rule in rules if "GET" in (rule.methods or ())})))


if __name__ == "__main__":
    main()
