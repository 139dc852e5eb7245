"""The provider chain: who is asked, when and how often, until one provider answers.

Standard library only, so that it can be tested without Home Assistant and without a vendor.
"""
