"""What ``ieiw audit`` shows."""
