"""Who decodes: threads, or processes that write into shared memory."""
