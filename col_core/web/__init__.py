"""What every page shares: layout, static files, error pages, security headers."""
