"""How another customer's name is shown: enough to recognise a friend, too little to learn who it is."""


def masked_name(name: str) -> str:
    """The last character of the name behind one star for each other one; a single character is hidden whole."""
    visible = name.strip()
    return "*" * max(len(visible) - 1, 1) + (visible[-1] if len(visible) > 1 else "")
