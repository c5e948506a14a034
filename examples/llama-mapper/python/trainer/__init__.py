"""Stages of the Llama Mapper that run in Python."""
