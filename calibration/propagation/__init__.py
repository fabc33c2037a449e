"""Propagation of uncertainty through measurement models; the agent never imports this."""
