"""How Kẻng looks: one hand for the pages of citizens and officers. Knows no model and no view of any other app."""
