"""DL/T 645-2007 and DL/T 645-1997: electricity meters of China, both sides, without a line."""
