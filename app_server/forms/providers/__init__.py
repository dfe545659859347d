"""What looks at files for forms: the virus scanner, and the reader of papers."""
