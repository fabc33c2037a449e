"""What a device says and how it encodes it: data first, and codecs without input or output."""
