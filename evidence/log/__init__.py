"""The transparency log each agent keeps: tree, signed notes, checkpoints, receipts."""
