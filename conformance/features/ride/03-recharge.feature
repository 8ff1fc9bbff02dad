Feature: Ride-through, recharge

  As the sags, and the meters go on until 20 s after the declared delay. The packs must be so full that they do not charge
  before the sag, and so empty that they do after it.

  @RIDE-013 @MUST @T @DPO @needs:instrument @needs:sags @needs:recharge
  Scenario: RIDE-013 The recharge waits
    No recharge begins before the declared delay has passed since the sag. It has begun where 10 % of the declared power and
    more are added for 1 s.

    When the AC source plays the longest deep sag, and then measures on through the recharge
    Then the recharge begins no sooner than declared

  @RIDE-014 @MUST @T @DPO @needs:instrument @needs:sags @needs:recharge
  Scenario: RIDE-014 The recharge rises along its slope
    The recharge adds power no faster than declared, as a mean over 1 s, and no more than declared, as a mean over 1 s.

    When the AC source plays the longest deep sag, and then measures on through the recharge
    Then the recharge rises no faster and no higher than declared
