"""A browser for lists that only a script draws: started late, fenced in, and stopped by what stops the crawler."""
