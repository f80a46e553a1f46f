print("ltc")
