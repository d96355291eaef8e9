"""What happens on a request: who asks, which range, which panels. Dash and Flask allowed."""
