"""The whole daemon over real sockets: feeds on loopback, a real SMTP conversation, real signals."""
