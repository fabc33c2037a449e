"""What is stated from the results: completeness and activity data."""
