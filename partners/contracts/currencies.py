"""The currencies a partner may keep its books in: those of ISO 4217 whose minor unit is one hundredth.

Prices and amounts are counted in cents throughout; a currency with another minor unit (JPY, KWD) would
be wrong by powers of ten, so it is refused at the door.
"""

_CODES = (
    "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD "
    "KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD SAR SBD SCR SEK SGD SHP SOS SRD STN SZL THB TJS TMT TOP TRY "
    "TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW"
)

CENT_CURRENCIES = frozenset(_CODES.split())
