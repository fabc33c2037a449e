"""Performance of installed analysers: drift, linearity, RATA, QAL2, AST and QAL3 charts."""
