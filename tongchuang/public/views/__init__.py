"""Pages of citizens (`citizen`) and of the office that answers them (`office`)."""
