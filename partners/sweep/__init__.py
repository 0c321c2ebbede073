"""What time has done to accounts that nobody uses, recorded by a job that may stop and resume anywhere."""
