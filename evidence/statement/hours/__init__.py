"""From minutes to hours with one method code each, and what stands for an hour that is not valid."""
