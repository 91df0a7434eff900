"""What every other part stands on: identifiers, time, money, errors, text. Small; knows neither Django nor Vietnam."""
