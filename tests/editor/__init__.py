"""Rules and configuration in an editor: the schemas in the hands of the servers that editors ask."""
