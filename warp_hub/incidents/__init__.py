"""Incidents: reported to a WARP, reviewed without their author, released as something of the WARP's own."""
