"""What a library wants to know about itself, from its log and its documents. No reader is named."""
