"""The provider chain: who is asked, when, how often, and what counts as an answer.

Standard library only: the policy is tested without Home Assistant and without a vendor.
"""
