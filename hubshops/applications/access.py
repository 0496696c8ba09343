"""What a browser brought along."""

# Under this name a session keeps the code of the link by which somebody was invited to apply.
REFERRAL = "referral"
