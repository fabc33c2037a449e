"""What an agent makes of a codec's refusal where it can do more than file it."""

from device_profiles.wire_errors import WireError
from edge_agent.errors import AgentError


def agent_error(device: str, wrong: WireError) -> AgentError | None:
    """The agent's own error for a refusal; None where there is nothing to be done about it."""
    del device, wrong
    return None
