"""The first page, one's account, the public pages of WARPs and the pages that explain the hub."""
