"""From minutes to hours with one method code each, and what stands for hours that are not valid."""
