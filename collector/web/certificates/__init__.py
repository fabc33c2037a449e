"""Pages of certificates: the register, one of them, the chain behind it, and a new one."""
