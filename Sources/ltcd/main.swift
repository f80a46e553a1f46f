print("ltcd")
