"""OPC UA as its bytes say it: values, status codes, node ids, answers (OPC 10000-4 and -6)."""
