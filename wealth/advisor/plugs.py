"""What advice plugs into other rooms."""
