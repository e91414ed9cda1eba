"""Awards: issuing, claim codes, status, revocation, endorsement, and what came of them."""
