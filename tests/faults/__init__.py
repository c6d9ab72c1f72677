"""A server of raw sockets that can break a stream in every way that real endpoints do, and the table of those ways."""
