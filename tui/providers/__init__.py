"""Endpoints: making clients, listing models, finding local servers, and the embedded demo."""
