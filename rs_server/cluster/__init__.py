"""Several servers, one installation: who is at home for a tenant, and how the others pass on to it."""
