"""Badges for programs: issuing with a token, what is public of a badge, how it stands, who its issuer is."""
