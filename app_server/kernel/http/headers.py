"""Security headers: few for programs, all of them for pages."""

# A program reads JSON under a bearer token: no browser may frame, sniff or keep it.
API_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}

PAGE_HEADERS = API_HEADERS | {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=(self), payment=()",
}
