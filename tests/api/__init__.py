"""What programs and scripts of others rely on."""
