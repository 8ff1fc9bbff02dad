Feature: Control of the shelf
  The DPO profile rules the block of the gateway. Each case writes the largest input power limit, which limits
  nothing, and gives the lease back.

  @MAP-028 @MUST @W @MAP @needs:pmi
  Scenario: MAP-028 A lease that is not renewed
    A lease that runs out takes its set point along: it goes to its fail-safe value within the lease time and one settle time.

    Given the client holds the lease for 2 s
    When the client writes the largest input power limit
    And the client does not renew the lease
    Then within 5 s the input power limit in force is its fail-safe value

  @MAP-029 @MUST @W @MAP @needs:pmi
  Scenario: MAP-029 Echo and applied value
    The set point reads back at once, and the applied value follows inside the settle time of the map.

    Given the client holds the lease for 30 s
    When the client writes the largest input power limit
    Then the set point reads back, and the limit in force follows inside its settle time
    And the lease is given back

  @MAP-030 @MUST @W @MAP @needs:pmi @needs:commit
  Scenario: MAP-030 Half a group
    A set point in the shadow is not in force, neither after a commit with a wrong number nor after the end of the lease;
    the commit with the right number puts it into force.

    Given the client holds the lease for 30 s
    When the client writes the largest input power limit to the shadow
    Then no limit is in force, and a commit with a wrong number is refused and changes nothing
    And the commit with the right number puts it into force
    And the lease is given back
