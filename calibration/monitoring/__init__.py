"""What a plant decided to monitor by which rules, and the tests that its analysers went through."""
