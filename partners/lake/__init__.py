"""Files of lines in Parquet, window by window, and SQL over them."""
