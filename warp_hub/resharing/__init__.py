"""What happens to an item after it went out: recalls, who may share it wider, lowering its label."""
